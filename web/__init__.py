"""The HTTP edge: public site, contact, desk, JSON API and widget."""
