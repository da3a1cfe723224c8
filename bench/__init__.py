"""What a page costs, at 5,000 and at 1,000,000 problems: `python -m bench` (see README.md)."""
