"""Records: the fields a form asks for, the data files that hold them, and the place of each."""
