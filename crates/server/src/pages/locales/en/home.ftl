# The start page.
home-title = One place to sign in
home-lead = { $service } keeps the accounts and sessions of the applications that trust it.
home-people = If an application sent you here
home-people-text = You need nothing on this page. Go back to the application and sign in there.
home-doors = For those who build applications
home-doors-text = This server answers at the addresses below. Behind all of them are the same accounts and the same sessions: what is ended at one is ended at all.
door-bases = Addresses begin with
door-explore = Explore the calls
door-explore-label = Explore the calls: { $name }
door-document = OpenAPI document
door-document-label = OpenAPI document: { $name }
no-doors = No API is served by this server.
