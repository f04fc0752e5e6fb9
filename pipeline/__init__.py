"""aicost: published pages in, comparable AI costs out.

Data walks one way: fetch, archive, sources (parse), normalise, load, sql/core, sql/main, sql/checks,
publish, export. Each room does one thing; ``tests/test_house.py`` keeps them apart.
"""

__version__ = "0.1.0"
