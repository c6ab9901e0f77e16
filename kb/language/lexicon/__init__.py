"""The embedded database of Arabic word forms, and the frequencies that choose among its readings: data only."""
