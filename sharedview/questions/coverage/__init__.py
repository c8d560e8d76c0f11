"""What the cameras see of each area (:mod:`coverage_model.cover`)."""
