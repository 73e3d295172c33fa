// Stands in for what a bundle does not need.
