"""How good generated texts and extracted lesions are: the official clinical scorer and text metrics."""
