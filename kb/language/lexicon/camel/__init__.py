"""An empty CAMeL catalogue, so that importing the library needs no network: data only."""
