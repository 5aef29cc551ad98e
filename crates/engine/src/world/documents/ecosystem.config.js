// What PM2 keeps running: pm2 start ecosystem.config.js
module.exports = {
  apps: [
    {
      name: "frontend",
      script: "frontend.js",
      env: {
        PORT: 3000,
      },
    },
    {
      name: "backend",
      script: "backend.js",
      env: {
        PORT: 3001,
        PGPASSWORD: "mango-lantern-42",
      },
    },
  ],
};
