"""The domain of Dalil: articles, language analysis, embedding, storage, statistics, settings, command line."""

__version__ = "0.1.0"
