"""Who works at the desk: people, roles, sign-in, API tokens. Knows no pages and no articles."""
