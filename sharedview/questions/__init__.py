"""The questions of PCD 167 beside rooms and coverage: one folder each, one answer each.

A folder holds a question whole: its model, schemas, chapter and ask. Questions never import each
other. To add one, write the folder and name it in :data:`sharedview.questions.registry.ASKS`.
"""
