"""grading: from one source to the student's notebook, its proof, and a class that is graded safely.

`source` reads an assignment and makes its versions; `proof` shows that its tests are right. What
grades a class is built on nbgrader.
"""
