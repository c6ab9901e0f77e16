"""What is kept on disk and in the database, one module per stored format."""
