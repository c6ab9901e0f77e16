"""What agents work with: cleaned tickets, snippets, tracked links, saved replies. Knows no pages and no search."""
