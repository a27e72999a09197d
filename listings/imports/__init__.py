"""Places from files: readers (one a format), the rows they yield, and the writing of them."""
