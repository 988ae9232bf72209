"""Web pages: the exporter's, and a report as one file that needs nothing beside it. Pure.

What is shown is put together in Python as plain structs; the templates only lay it out. Every
value passes `probe.render.escape` and then HTML escaping on its way into a template.
"""
