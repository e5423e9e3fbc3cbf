"""A fake Entree for demos and browser tests: hub, chooser, school login pages and portals.

Runs in the same process as the site but on another site of the browser: the pages live on
``127.0.0.1``, the project on ``localhost``. Refuses to work unless ``DEBUG`` is on. Its texts are
Dutch only, as those of the systems it imitates.
"""
