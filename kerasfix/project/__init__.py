"""Which files a run looks at, and how it is configured."""
