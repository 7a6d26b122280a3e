"""What ``make demo`` shows: one line changed, nine events, a hundred calls at once, and the cost beside boto3."""
