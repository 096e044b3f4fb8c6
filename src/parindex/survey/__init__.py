"""What citizens say: a questionnaire, a sample, its weights, and estimates that never travel without their error."""
