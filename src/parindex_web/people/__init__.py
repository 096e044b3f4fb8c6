"""People at work here: invited, joining, given roles with days, signing in; what each did to an account."""
