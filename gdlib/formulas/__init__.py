"""The formulas of the book: plain arithmetic that runs wherever Python does."""
