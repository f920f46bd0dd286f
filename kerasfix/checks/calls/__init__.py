"""Calls as the rows of the rules have them: one check for all rules without a check of their own."""
