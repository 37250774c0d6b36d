"""Page objects: what a person does, in the words of a person."""
