"""The window: documents, models and views over `codec`, held together by one selection."""
