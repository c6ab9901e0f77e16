"""Why questions fail, what would mend them, and what a change would do: answers no reader."""
