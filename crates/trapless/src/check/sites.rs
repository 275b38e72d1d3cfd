//! What stands in an image.

use rewrite::number::{Number, number};
use rewrite::survey::{Certainty, survey};
use rewrite::{Declined, Form, plan};

use super::image::Image;

/// A system call site.
pub(crate) struct Site {
    /// Its address in the file's own terms.
    pub(crate) address: u64,
    /// The function that it is in, by name.
    pub(crate) function: Option<String>,
    pub(crate) number: Number,
    pub(crate) certainty: Certainty,
    /// What becomes of it.
    pub(crate) fate: Result<Form, Declined>,
}

/// All sites of an image.
pub(crate) fn sites(image: &Image) -> Vec<Site> {
    let mut sites = Vec::new();
    let names = image.names();
    for (text, parts) in image.texts() {
        for part in parts {
            for found in survey(&text, &part, |address| image.function(address)) {
                let function = found.function.as_ref();
                let fate = plan(found.address, &text, function).and_then(|plan| {
                    let reach = plan.reach();
                    reach.next(reach.window().start).map(|_| plan.form()).ok_or(Declined::OutOfReach)
                });
                let name = names.range(..=found.address).next_back();
                let name =
                    name.filter(|(_, (end, _))| found.address < *end).map(|(_, (_, name))| name.clone());
                sites.push(Site {
                    address: found.address,
                    function: name,
                    number: number(found.address, &text, function),
                    certainty: found.certainty,
                    fate,
                });
            }
        }
    }
    sites
}

/// How a form is called, here and at the end of a run.
pub(crate) const fn form_name(form: Form) -> &'static str {
    match form {
        Form::Before => "before the instruction",
        Form::Over => "over the instruction",
    }
}
