"""Speed, measured side by side in one run; ``tox run -e bench``."""
