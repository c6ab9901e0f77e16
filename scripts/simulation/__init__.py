"""Visitors with a known truth, and experiments that ask whether the published figures find it."""
