"""symwick: exact interactions of inputs of a function, dependent inputs included."""
