"""Entry points for people and continuous integration; imported by nothing."""
