"""Prints a vector for each course: the hashed bag of the users who had to do with it."""
import csv
import hashlib
import json
import math
import sys

path, size = sys.argv[1], int(sys.argv[2])
vectors = {}
with open(path, newline="", encoding="utf-8") as file:
    for row in csv.DictReader(file):
        vector = vectors.setdefault(row["course"], [0.0] * size)
        digest = hashlib.sha256(row["user_id"].encode()).digest()
        vector[digest[0] % size] += 1 if digest[1] % 2 else -1
for course, vector in vectors.items():
    length = math.sqrt(sum(value * value for value in vector)) or 1
    print(json.dumps({"course": course, "embedding": [round(v / length, 6) for v in vector]}))
