"""
The measured transactions, by domain. A scene is `play(stage)`: it brings the city into the state
that a figure's sentence names, and measures the one transaction that the sentence is about.
"""
