"""How often somebody may do something: counted by subject, shared by the processes of a machine or of several."""
