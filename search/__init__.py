"""Search: serving readers, improving what they find, judging how well."""
