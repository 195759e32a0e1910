def write_page(figures, path):
    path.write_text("x")
