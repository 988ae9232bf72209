"""The frozen vocabulary that every other room speaks; it imports nothing of ours."""
