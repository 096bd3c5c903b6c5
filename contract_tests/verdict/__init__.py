"""What the suite has to say: answers judged by both views, findings, waivers, what is kept of a run."""
