//! The commands: from the arguments to an exit code.
//!
//! 0 done, 1 refused or not found, 2 wrong usage or configuration. What went wrong is one line on standard error.

mod api_key;
pub mod args;
mod audit;
mod doctor;
mod explain;
mod failure;
mod organization;
mod output;
mod session;
mod signing_key;
mod user;

use std::process::ExitCode;

use identity::{Actor, Op, Origin, RequestId};
use serde_json::Value;
use web::Clock as _;
use web::clock::SystemClock;

use self::args::{Cli, Command, ConfigCommand, OutputFormat};
use self::failure::Failure;
use crate::config::{self, Loaded};
use crate::house::{self, House};
use crate::mount::DIALECTS;

/// Runs a command to its end.
pub fn run(cli: &Cli) -> ExitCode {
    let outcome = runtime().and_then(|runtime| runtime.block_on(dispatch(cli)));
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        // It has been told on standard output.
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            output::complain(&failure.to_string());
            ExitCode::from(failure.code())
        }
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Refused(error.into()))
}

/// Whether all is well, which only a command that looks can deny.
async fn dispatch(cli: &Cli) -> Result<bool, Failure> {
    let loaded = config::load(cli.global.config.as_deref(), config::env::process());
    if let Command::Doctor(arguments) = &cli.command {
        return doctor::run(loaded.as_ref(), arguments, cli.global.output).await;
    }
    act(cli, loaded?).await.map(|()| true)
}

async fn act(cli: &Cli, loaded: Loaded) -> Result<(), Failure> {
    let format = cli.global.output;
    match &cli.command {
        Command::Serve => Ok(crate::serve::run(&loaded, &how_to_begin(&loaded)).await?),
        Command::Config(command) => config_command(command, &loaded, format),
        Command::Migrate => {
            let (path, config) = (&loaded.config.data_dir, &loaded.config);
            house::make_folder(path)?;
            drop(house::open_store(config).await?);
            output::tell(
                format,
                "the database's schema is up to date",
                &serde_json::json!({"migrated": true}),
            )?;
            Ok(())
        }
        Command::Explain(asked) => {
            let house = house::open(&loaded.config).await?;
            explain::run(&house, &loaded.config, asked, format).await
        }
        Command::Dialects { controls: true } => controls(&loaded, format),
        Command::Dialects { controls: false } => dialects(&loaded, format),
        // It needs no configuration that holds, and has been done.
        Command::Doctor(_) => Ok(()),
        Command::User(command) => {
            let house = house::open(&loaded.config).await?;
            user::run(&house, command, format).await
        }
        Command::Session(command) => {
            let house = house::open(&loaded.config).await?;
            session::run(&house, command, format).await
        }
        Command::SigningKey(command) => {
            let house = house::open(&loaded.config).await?;
            signing_key::run(&house, command, format).await
        }
        Command::ApiKey(command) => {
            let house = house::open(&loaded.config).await?;
            api_key::run(&house, &loaded.config, command, format).await
        }
        Command::Organization(command) => {
            let house = house::open(&loaded.config).await?;
            organization::run(&house, &loaded.config, command, format).await
        }
        Command::Audit(command) => {
            let house = house::open(&loaded.config).await?;
            audit::run(&house, command, format).await
        }
    }
}

/// A command's request to the core.
fn operator(house: &House) -> Op {
    let mut random = [0; 10];
    house.entropy.fill(&mut random);
    let now = SystemClock.now();
    let millis = u64::try_from(now.millis()).unwrap_or(0);
    let request = uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid();
    Op { now, origin: Origin::default(), request: RequestId(request), actor: Actor::Operator }
}

/// The command that makes the first user, with the configuration this server runs on.
fn how_to_begin(loaded: &Loaded) -> String {
    let config =
        loaded.file.as_ref().map_or_else(String::new, |file| format!(" --config {}", file.display()));
    format!("vestibule{config} user create --email you@example.org --role admin --password-stdin")
}

fn config_command(command: &ConfigCommand, loaded: &Loaded, format: OutputFormat) -> Result<(), Failure> {
    match command {
        ConfigCommand::Check => {
            for warning in &loaded.warnings {
                output::complain(&format!("warning: {warning}"));
            }
            let answer = serde_json::json!({"ok": true, "warnings": loaded.warnings});
            output::tell(format, "the configuration is good", &answer)
        }
        ConfigCommand::Show => {
            output::tell(format, config::show(&loaded.config).trim_end(), &config::show_json(&loaded.config))
        }
    }
}

/// One row a control, one column a door. For people a cell with several paths goes on in the next line.
fn controls(loaded: &Loaded, format: OutputFormat) -> Result<(), Failure> {
    let doors = DIALECTS.iter().map(|entry| entry.dialect.name);
    let columns: Vec<&str> = std::iter::once("control").chain(doors).collect();
    let rows = crate::controls::table(&loaded.config).into_iter().flat_map(|row| match format {
        OutputFormat::Json => vec![row_of(row.control, row.doors)],
        OutputFormat::Text => lines_of(&row),
    });
    output::list(format, &columns, rows.collect())
}

fn row_of(control: &str, doors: Vec<(&str, String)>) -> Value {
    let cells = doors.into_iter().map(|(door, cell)| (door.to_owned(), Value::from(cell)));
    std::iter::once(("control".to_owned(), Value::from(control))).chain(cells).collect()
}

fn lines_of(row: &crate::controls::Row) -> Vec<Value> {
    let parts = |cell: &str| cell.split(", /").count();
    let lines = row.doors.iter().map(|(_, cell)| parts(cell)).max().unwrap_or(1);
    let line = |at: usize| {
        let part = |cell: &str| {
            let slash = if at > 0 { "/" } else { "" };
            cell.split(", /").nth(at).map_or_else(String::new, |part| format!("{slash}{part}"))
        };
        let doors = row.doors.iter().map(|(door, cell)| (*door, part(cell))).collect();
        row_of(if at == 0 { row.control } else { "" }, doors)
    };
    (0..lines).map(line).collect()
}

fn dialects(loaded: &Loaded, format: OutputFormat) -> Result<(), Failure> {
    let rows = DIALECTS.iter().map(|entry| {
        serde_json::json!({
            "name": entry.dialect.name,
            "title": entry.dialect.title,
            "enabled": (entry.is_enabled)(&loaded.config),
            "wire": (entry.wire)(&loaded.config).name(),
            "document": format!("/docs/{}.json", entry.dialect.name),
            "endpoints": entry.dialect.endpoints.iter().map(|endpoint| serde_json::json!({
                "path": endpoint.path,
                "methods": endpoint.allow.split(", ").collect::<Vec<_>>(),
                "summary": endpoint.summary,
            })).collect::<Vec<_>>(),
        })
    });
    output::list(format, &["name", "enabled", "wire", "title"], rows.collect())
}
