"""The small sources that a worker visits, and how long its host is left alone: known without loading Prefect."""

HOSTS = {"one": "shared.test", "two": "shared.test", "three": "three.test", "four": "four.test"}
PAUSE_SECONDS = 0.5
