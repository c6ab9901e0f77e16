"""The steps, in order of their names; a step is never changed once it is released."""
