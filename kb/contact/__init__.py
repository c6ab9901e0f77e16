"""Getting in touch: channels and their hours, tickets, and the outlets that bring tickets to whoever answers them."""
