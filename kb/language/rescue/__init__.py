"""What else the writer of a query may have meant: wrong layout, Arabizi, dialect words, typing errors.

Every module here proposes; `search.serving.rewriting` decides by what the index holds. Words are in normal form
(`kb.language.normalise.fold`) unless said otherwise.
"""
