"""The work of editors: what needs attention, who does it, and what was done."""
