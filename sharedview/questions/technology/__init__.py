"""Advancing technology: what each lever does to cost, quality and coverage."""
