"""Rows in, Plotly figures out; never plotly.express, no Streamlit."""
