"""What the screens share: the door, the look, the forms. The only Streamlit outside the pages."""
