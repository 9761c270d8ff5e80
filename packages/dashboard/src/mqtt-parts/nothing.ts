// Stands in for what only other platforms than a browser of today, or other users than the MQTT client, ask for.
export default {};
