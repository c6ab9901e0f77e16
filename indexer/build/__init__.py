"""From a checked tree to one published index generation, once or whenever an article is saved."""
