"""The gate in front of Streamlit: nobody and nothing comes through without a sign-in that lasts at this moment."""
