"""The journey in Chromium: real cookies on two sites, real focus, real screens."""
