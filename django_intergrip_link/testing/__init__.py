"""What a project may import in its own tests: signed school answers, made in process.

``hub`` and ``answer`` are plain Python, ``login`` drives the real views with a Django test client
and ``fixtures`` offers the same to pytest. Nothing is imported here: the plugin must stay cheap.
"""
